extension FolderListing {
    /// Colours have a contrast of at least 4.5 to 1 in both schemes (WCAG 2.2, 1.4.3).
    static let style = """

        :root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d8dee4;
          --paper: #ffffff; --hover: #f3f6f9; --link: #0757b8; --icon: #57606a; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6edf3; --soft: #9aa5b1; --line: #30363d; --paper: #0f1318;
            --hover: #1a2028; --link: #79b8ff; --icon: #9aa5b1; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--text);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
        h1 { margin: 0; font-size: 1.375rem; font-weight: 600; overflow-wrap: anywhere; }
        a { color: var(--link); text-decoration: none; }
        a:hover { text-decoration: underline; }
        a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
        .count { margin: .25rem 0 1.25rem; color: var(--soft); }
        table { width: 100%; border-collapse: collapse; }
        th { padding: .5rem; text-align: left; font-size: .875rem; font-weight: 600;
          color: var(--soft); border-bottom: 2px solid var(--line); }
        td { padding: 0 .5rem; border-bottom: 1px solid var(--line); }
        tbody tr:hover { background: var(--hover); }
        td a { display: flex; align-items: center; gap: .625rem; padding: .4375rem 0;
          overflow-wrap: anywhere; }
        td a span { min-width: 0; unicode-bidi: isolate; white-space: pre-wrap; }
        svg { flex: none; width: 1.125rem; height: 1.125rem; fill: none; stroke: var(--icon);
          stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
        .size, .date { white-space: nowrap; text-align: right; color: var(--soft);
          font-variant-numeric: tabular-nums; }
        th.size, th.date { text-align: right; }
        .pages { display: flex; gap: 1.5rem; margin: 1.25rem 0; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden;
          clip-path: inset(50%); }
        @media (max-width: 36rem) { .date { display: none; } }

        """

    static let folder = icon("M2 4.5V15h16V6.5H9.5L7.5 4.5z")
    static let file = icon("M4.5 2h7l4 4v12h-11zM11.5 2v4h4")
    static let up = icon("M10 16V4M5 9l5-5 5 5")

    private static func icon(_ path: String) -> String {
        "<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"\(path)\"/></svg>"
    }
}
