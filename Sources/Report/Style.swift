/// The page's style sheet: light, dark, and on paper.
enum Style {
    static let css = """
        :root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f24;--soft:#57606a;--line:#d9dde3;--grid:#e6e9ee;--weekend:#f1f3f6;--ink:rgba(0,0,0,.42);--edge:rgba(0,0,0,.45);--link:#0b5cad;--blue:#0072b2;--orange:#e69f00;--green:#009e73;--purple:#cc79a7;--sky:#56b4e9;--grey:#8b949e;--good:#0a6b4d;--goodback:#e3f4ed;--warn:#7a4d00;--warnback:#fdf1d8;--bad:#9b2c00;--badback:#fde7de}
        @media (prefers-color-scheme:dark){:root{--page:#12151a;--card:#1b2027;--text:#e8ebef;--soft:#a5aeb9;--line:#353c46;--grid:#2b323b;--weekend:#20262e;--ink:rgba(0,0,0,.5);--edge:rgba(255,255,255,.4);--link:#7cc0ff;--blue:#3a9bdc;--orange:#f0b030;--green:#22b88c;--purple:#d98db8;--sky:#74c4f0;--grey:#8b949e;--good:#7fdcb8;--goodback:#12342a;--warn:#f5c76b;--warnback:#3a2c10;--bad:#ffab8a;--badback:#43200f}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        .skip{position:absolute;left:-999px}
        .skip:focus{left:16px;top:8px;background:var(--card);padding:8px 12px;z-index:1}
        header,main,footer{max-width:1080px;margin:0 auto;padding:0 20px}
        header{padding-top:32px}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px}
        h2{font-size:1.4rem;margin:36px 0 4px}
        h3{font-size:1.1rem;margin:0 0 4px}
        p{margin:0 0 10px;max-width:75ch}
        .soft{color:var(--soft)}
        a{color:var(--link)}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;padding:0;margin:12px 0 0}
        section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin:16px 0}
        .banner{display:flex;gap:16px;align-items:flex-start;border-radius:10px;padding:18px 22px;margin:16px 0;border:1px solid currentColor}
        .banner svg{flex:none;width:36px;height:36px;margin-top:2px}
        .banner h3{font-size:1.25rem;margin:0}
        .banner p{max-width:none;margin:2px 0 0;color:var(--text)}
        .banner ul{margin:8px 0 0;padding-left:20px;color:var(--text)}
        .good{color:var(--good);background:var(--goodback)}
        .warn{color:var(--warn);background:var(--warnback)}
        .bad{color:var(--bad);background:var(--badback)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:12px;margin:16px 0;padding:0}
        .tiles>div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin:0}
        .tiles dt{color:var(--soft);font-size:.9rem}
        .tiles dd{margin:0;font-size:1.5rem;font-weight:650;line-height:1.25}
        .tiles dd small{display:block;font-size:.85rem;font-weight:400;color:var(--soft);line-height:1.35;margin-top:2px}
        figure{margin:14px 0 6px}
        figcaption{font-weight:600;font-size:.95rem;margin-bottom:2px}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;padding:0;margin:4px 0 6px;font-size:.9rem}
        .legend svg{vertical-align:-2px}
        .chart{overflow-x:auto}
        .chart svg{display:block;width:100%;min-width:620px;height:auto}
        svg text{fill:var(--soft);font-size:13px;font-family:inherit}
        svg text.tick,svg text.row{text-anchor:end}
        svg text.day{text-anchor:middle}
        svg text.row{font-size:12px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        svg text.value{fill:var(--text)}
        .grid{stroke:var(--grid)}
        .axis{stroke:var(--soft)}
        .weekend{fill:var(--weekend);shape-rendering:crispEdges}
        .ink{fill:var(--ink)}
        .b{stroke:var(--edge);stroke-width:.8}
        .b.blue{fill:var(--blue)}
        .b.grey{fill:var(--grey)}
        .b.orange{fill:url(#p-orange)}
        .b.green{fill:url(#p-green)}
        .b.purple{fill:url(#p-purple)}
        .b.sky{fill:url(#p-sky)}
        .f-orange{fill:var(--orange)}
        .f-green{fill:var(--green)}
        .f-purple{fill:var(--purple)}
        .f-sky{fill:var(--sky)}
        .hit:hover .b,.hit:hover circle,.hit:hover polygon{stroke:var(--text);stroke-width:1.6}
        .range{stroke:var(--grey);stroke-width:2}
        .median{fill:var(--blue);stroke:var(--card);stroke-width:1}
        .p95{fill:var(--orange);stroke:var(--edge);stroke-width:1}
        .defs{position:absolute}
        details{margin:8px 0 0}
        summary{cursor:pointer;color:var(--link);padding:2px 0}
        .scroll{overflow-x:auto;margin:8px 0}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--soft);padding-bottom:4px}
        th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}
        thead th{color:var(--soft);font-weight:600}
        tbody th{font-weight:400}
        tbody th,tbody td{white-space:nowrap}
        tbody td.w{white-space:normal;min-width:12em}
        .n{text-align:right}
        code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
        .empty{color:var(--soft);font-style:italic;margin:6px 0}
        footer{color:var(--soft);font-size:.9rem;padding-top:8px;padding-bottom:40px}
        @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--grid:#ddd;--weekend:#f2f2f2;--ink:rgba(0,0,0,.42);--edge:rgba(0,0,0,.6);--blue:#0072b2;--orange:#e69f00;--green:#009e73;--purple:#cc79a7;--sky:#56b4e9;--good:#0a6b4d;--goodback:#fff;--warn:#7a4d00;--warnback:#fff;--bad:#9b2c00;--badback:#fff}
        body{font-size:11pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
        nav,.skip,details:not(.paper){display:none}
        header,main,footer{max-width:none;padding:0}
        section,.banner,.tiles>div,figure{break-inside:avoid}
        section{padding:12px 14px;border-radius:0}
        section.long{break-inside:auto}
        .chart,.scroll{overflow:visible}
        .b{stroke-width:.5}
        .chart svg{min-width:0}
        h2{break-before:auto;break-after:avoid}
        h3{break-after:avoid}
        tr{break-inside:avoid}
        thead{display:table-header-group}}
        """
}
