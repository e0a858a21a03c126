namespace BuildGuard.Cli.Reports;

/// <summary>How the page looks, in the light and in the dark, on a desk and in a hand.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--bg:#f7f8fa;--card:#fff;--line:#dfe3e8;--text:#1d232a;--soft:#5a6572;--wait:#c98a1b;--run:#2f6fd0;--ok:#2f6fd0;--bad:#c8372d;--ended:#8a3fb0;--other:#8b95a1;--grid:#e6e9ed}
        @media(prefers-color-scheme:dark){:root{--bg:#14181d;--card:#1c2229;--line:#313943;--text:#e4e8ec;--soft:#9aa5b1;--wait:#e0a83e;--run:#6aa3f5;--ok:#6aa3f5;--bad:#f0756b;--ended:#c58be6;--other:#75808c;--grid:#2a313a}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:20px 16px 48px}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:0 0 4px}
        p{margin:4px 0 10px}.soft{color:var(--soft);font-size:.87rem}
        section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin-top:16px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:10px;margin-top:16px}
        .tiles div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 12px}
        .tiles b{display:block;font-size:1.3rem;line-height:1.25;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top}
        tr:last-child td{border-bottom:0}th{color:var(--soft);font-weight:600;white-space:nowrap}
        .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.t{white-space:nowrap}
        .what{overflow-wrap:anywhere;min-width:11rem}.what small{display:block;color:var(--soft);font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        .row{display:grid;grid-template-columns:minmax(0,230px) minmax(0,1fr) 64px;gap:10px;align-items:center;font-size:.85rem;line-height:1.35;padding:1px 0}
        .row>span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .in1{padding-left:14px}.in2{padding-left:28px}.in3{padding-left:42px}
        svg{display:block;width:100%;overflow:visible}.bar{height:16px;background:var(--grid);border-radius:3px}.spark{height:22px;width:96px}.chart svg{height:100%}details{margin-top:8px}summary{cursor:pointer;color:var(--soft);font-size:.87rem}
        .chart rect{shape-rendering:crispEdges}.chart{height:120px;margin-top:10px;border-bottom:1px solid var(--line)}
        .axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.78rem;font-variant-numeric:tabular-nums;padding-top:3px}
        .rowaxis{margin:0 74px 0 240px}
        .wait{fill:var(--wait)}.run{fill:var(--run)}.ok{fill:var(--ok)}.bad{fill:var(--bad)}.ended{fill:var(--ended)}.other{fill:var(--other)}
        rect.wait,rect.ok,rect.bad,rect.ended,rect.other,rect.run{stroke-width:1.5;stroke:transparent}
        .bar rect.wait{stroke:var(--wait)}.bar rect.ok,.bar rect.run{stroke:var(--ok)}.bar rect.bad{stroke:var(--bad)}.bar rect.ended{stroke:var(--ended)}.bar rect.other{stroke:var(--other)}
        .cut{stroke:var(--soft);stroke-dasharray:2 3;opacity:.55}.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}.machine{stroke:var(--text);stroke-width:1.5}.hair{stroke:var(--grid)}
        .key{display:flex;flex-wrap:wrap;gap:4px 14px;font-size:.82rem;color:var(--soft);margin:0 0 8px}
        .key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px;vertical-align:-1px}
        i.wait{background:var(--wait)}i.ok{background:var(--ok)}i.bad{background:var(--bad)}i.ended{background:var(--ended)}i.other{background:var(--other)}
        .t{color:var(--soft)}a{color:var(--run)}.tag{white-space:nowrap}.tag.bad{color:var(--bad)}.tag.ended{color:var(--ended)}.tag.wait{color:var(--wait)}.tag.ok,.tag.other{color:var(--soft)}
        .warn{border-left:4px solid var(--wait)}
        @media(max-width:640px){.what{min-width:7rem}td.t{white-space:normal;min-width:6.2rem}th,td{padding-right:8px}main{padding:14px 10px 36px}section{padding:12px}.row{grid-template-columns:minmax(0,1fr) auto;gap:2px 8px;padding:4px 0}.row>svg{grid-column:1/3;grid-row:2}.rowaxis{margin:0}.axis span:nth-child(even){display:none}}
        @media print{body{background:#fff}section{break-inside:avoid}}
        """;
}
