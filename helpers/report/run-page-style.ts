/** How a run's page looks: the system's fonts, light or dark as the reader's system has it, nothing wider than a phone but what scrolls by itself. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --soft: #f4f5f7; --line: #d5d9e0; --text: #1b1f26; --dim: #545c69; --link: #0b57b5; --good: #14692f; --bad: #b3140f; --warn: #7a4b00 }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --soft: #1d2229; --line: #3a424e; --text: #e6e9ee; --dim: #a7b0bd; --link: #8ab8ff; --good: #69d089; --bad: #ff8d85; --warn: #eab45a } }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.5rem 0 .5rem }
summary h3, summary h4 { display: inline; margin: 0; font-size: 1rem }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px }
.skip { position: absolute; left: -100rem }
.skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .25rem .5rem }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0 }
.verdict { padding: .75rem 1rem; border: 1px solid var(--line); border-left: .5rem solid; border-radius: 4px; background: var(--soft) }
.held, .partial { color: var(--good) }
.failed, .broken { color: var(--bad) }
.skipped, .running { color: var(--warn) }
.verdict span { color: var(--text) }
.dim { color: var(--dim) }
code, pre { font: .875em/1.45 ui-monospace, monospace }
pre { margin: .5rem 0; padding: .75rem; border: 1px solid var(--line); border-radius: 4px; background: var(--soft); overflow-x: auto; overflow-wrap: normal; max-height: 40rem }
.scroll { position: relative; overflow-x: auto; margin: .5rem 0 }
table { border-collapse: collapse; min-width: 50% }
caption { text-align: left; color: var(--dim) }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th[scope=row] { font-weight: normal; min-width: 12rem }
th[scope=col], .whole { white-space: nowrap }
td.number { text-align: right; white-space: nowrap }
progress { display: block; width: 8rem; height: .4rem; margin: .2rem 0 0 auto; accent-color: var(--link) }
details { position: relative; margin: .5rem 0; padding: .25rem .75rem; border: 1px solid var(--line); border-radius: 4px }
summary { cursor: pointer; padding: .25rem 0 }
.trouble { margin: 1rem 0; padding-left: .75rem; border-left: .35rem solid var(--bad) }
.trouble h3 { margin-top: 0 }
.note { display: block; color: var(--dim); font-size: .875rem }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media print { details > * { display: block } pre { max-height: none; white-space: pre-wrap } }
`;
