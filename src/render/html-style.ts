/** Of the HTML report: light and dark by the reader's own setting, wide pictures scroll, and it prints. */
export const htmlStyle = `
:root { color-scheme: light dark; --page: #fff; --ink: #1f2328; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --p0: #cfe3f7; --p1: #dcd6f7; --p2: #f7dcec; --p3: #fbe6c8; --p4: #d9efd3; --p5: #cdeeea;
  --bad: #b3261e; --bad-fill: #fdeceb; --caution: #8a5a00; --caution-fill: #fdf3dd; --good: #1a7f37; --good-fill: #e6f5ea;
  --neutral: #57606a; --neutral-fill: #eef1f4; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --ink: #e6edf3; --soft: #9da7b3; --line: #30363d;
  --p0: #1d3a57; --p1: #352f5c; --p2: #532841; --p3: #57401c; --p4: #274a22; --p5: #1b4a46;
  --panel: #161b22; --bad: #ff7b72; --bad-fill: #2d1517; --caution: #e3b341; --caution-fill: #2b2110; --good: #56d364;
  --good-fill: #0f2417; --neutral: #9da7b3; --neutral-fill: #1c2128; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 74rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p, dl { margin: .25rem 0; } .soft { color: var(--soft); }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
code { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .05em .35em; }
.badge { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 .6em; font-size: .8rem;
  font-weight: 600; margin-right: .5em; }
.bad { color: var(--bad); } .caution { color: var(--caution); } .good { color: var(--good); } .neutral { color: var(--neutral); }
.summary { font-size: 1.05rem; font-weight: 600; }
article { border: 1px solid var(--line); border-left: 4px solid var(--neutral); border-radius: 6px; padding: .9rem 1rem;
  margin: 0 0 .9rem; }
article.bad { border-left-color: var(--bad); } article.caution { border-left-color: var(--caution); }
article.good { border-left-color: var(--good); } article.bad, article.caution, article.good, article.neutral { color: var(--ink); } h3 { font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; }
.scroll { overflow-x: auto; overflow-wrap: break-word; } * + h3 { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 .6rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; font-size: .85rem; } th, td { min-width: 6rem; }
.sentence { min-width: 14rem; } .digest { min-width: 10rem; overflow-wrap: anywhere; font-size: .8rem; }
details { margin: .9rem 0; } summary { cursor: pointer; color: var(--soft); margin-bottom: .6rem; }
.chain { display: block; max-width: none; } .chain text { font: 600 12.5px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.chain .state { font-size: 11.5px; font-weight: 400; fill: var(--soft); }
.chain rect { fill: var(--neutral-fill); stroke: var(--neutral); stroke-width: 1.25; }
.chain .bad rect { fill: var(--bad-fill); stroke: var(--bad); } .chain .caution rect { fill: var(--caution-fill); stroke: var(--caution); }
.chain .good rect { fill: var(--good-fill); stroke: var(--good); } .chain .root rect { stroke-width: 2.5; }
.chain .edge { fill: none; stroke: var(--soft); stroke-width: 1.5; opacity: .75; } .chain .head { fill: var(--soft); }
.course { display: block; max-width: none; } .course text { font: 11.5px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.course .name { font-size: 12.5px; font-weight: 600; } .course .tick { stroke: var(--line); } .course .tick + .state { fill: var(--soft); }
.course .seen line { stroke: var(--ink); stroke-dasharray: 3 3; }
.course .bad rect { fill: var(--bad-fill); stroke: var(--bad); } .course .caution rect { fill: var(--caution-fill); stroke: var(--caution); }
.course .good rect { fill: var(--good-fill); stroke: var(--good); } .course .neutral rect { fill: var(--neutral-fill); stroke: var(--neutral); }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border: 1px solid var(--line); border-radius: 2px; }
.key .swatch { margin-left: .8em; } .swatch.good { background: var(--good-fill); border-color: var(--good); }
.swatch.caution { background: var(--caution-fill); border-color: var(--caution); } .swatch.bad { background: var(--bad-fill); border-color: var(--bad); }
.swatch.neutral { background: var(--neutral-fill); border-color: var(--neutral); }
${['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].map((each) => `.${each} rect { fill: var(--${each}); } .swatch.${each} { background: var(--${each}); }`).join('\n')}
ul { margin: .4rem 0; padding-left: 1.3rem; } li { margin: .15rem 0; }
@media print { body { max-width: none; padding: 0; } article { break-inside: avoid; } }
`;
