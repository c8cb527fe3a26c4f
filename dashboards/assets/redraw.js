// Plotly measures words when it draws, and once: those whose font arrives later wrap or are cut until it measures anew.
(() => {
    let waiting;
    document.fonts.addEventListener("loadingdone", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => {
            window.Plotly?.forgetWidths();
            for (const chart of document.querySelectorAll(".js-plotly-plot")) window.Plotly.redraw(chart);
        }, 50);
    });
})();
