// The fonts of the pages come in slices, each when a word first needs it. Those that every page needs are asked for at once,
// before charts measure their words; a chart with words of a slice that comes later is drawn again.
(() => {
    // One character of each slice that words of the pages come from; a test compares.
    document.fonts.load('14px "Noto Sans SC Variable"', "的数查据；检县抽截倾罚冻撤舆／纬溯");

    let late = [], waiting;

    function bounds(face) {
        return face.unicodeRange.split(",").map((part) => part.trim().slice(2).split("-").map((hex) => parseInt(hex, 16)));
    }

    function isWrittenIn(chart, face) {
        const words = [...chart.querySelectorAll("text")].filter((one) => one.style.fontFamily.includes(face.family));
        const letters = [...new Set(words.map((one) => one.textContent).join(""))].map((one) => one.codePointAt(0));
        return bounds(face).some(([first, last = first]) => letters.some((one) => first <= one && one <= last));
    }

    function redraw() {
        const faces = late.splice(0);
        const charts = [...document.querySelectorAll(".js-plotly-plot")].filter((chart) => faces.some((face) => isWrittenIn(chart, face)));
        if (charts.length) window.Plotly.forgetWidths();
        charts.forEach((chart) => window.Plotly.redraw(chart));
    }

    document.fonts.addEventListener("loadingdone", (event) => {
        late.push(...event.fontfaces);
        clearTimeout(waiting);
        waiting = setTimeout(redraw, 50);
    });
})();
