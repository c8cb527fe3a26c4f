// Plotly measures words when it draws: those whose font arrives later were measured in another one, and wrap or are cut.
(() => {
    let waiting;
    document.fonts.addEventListener("loadingdone", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
            for (const chart of document.querySelectorAll(".js-plotly-plot")) window.Plotly.redraw(chart);
        }, 50);
    });
})();
