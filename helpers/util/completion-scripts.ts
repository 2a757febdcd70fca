import { shellWords } from './shell-words.ts';

/** The shells that `bigbook completion` writes a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** What stands instead of candidates where any file can. */
export const FILES = ':files';

/**
 * A script that has a shell ask for completions.
 *
 * @param argv the program that answers; its arguments are the shell's name and, behind `--`, the words up to the cursor. It prints a
 * candidate a line: for bash as it has to stand in the line, for the others with a tab and what it means; or `:files`
 */
export function completionScript(shell: Shell, argv: string[]): string {
  const ask = shellWords([...argv, shell, '--']);
  return { bash, zsh, fish }[shell](ask);
}

function bash(ask: string): string {
  return `# bigbook and \`npx bigbook\`, for ~/.bashrc
_bigbook() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") line
  COMPREPLY=()
  if [[ \${COMP_WORDS[0]##*/} == npx ]]; then
    if ((COMP_CWORD == 1)); then
      if [[ bigbook == "\${words[0]}"* ]]; then COMPREPLY=(bigbook); fi
      return
    fi
    if [[ \${words[0]} != bigbook ]]; then
      compopt -o default
      return
    fi
    words=("\${words[@]:1}")
  fi
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(${ask} "\${words[@]}" 2>/dev/null)
  if [[ \${COMPREPLY[0]-} == ${FILES} ]]; then
    COMPREPLY=()
    compopt -o default
  fi
}
complete -F _bigbook bigbook
complete -p npx >/dev/null 2>&1 || complete -F _bigbook npx
`;
}

function zsh(ask: string): string {
  return `#compdef bigbook
# bigbook and \`npx bigbook\`, for ~/.zshrc behind compinit
_bigbook() {
  local -a words_before=("\${(@Q)words[2,CURRENT]}") lines values texts
  if [[ \${words[1]:t} == npx ]]; then
    if ((CURRENT == 2)); then
      compadd -- bigbook
      return
    fi
    if [[ \${words[2]} != bigbook ]]; then
      _files
      return
    fi
    words_before=("\${(@)words_before[2,-1]}")
  fi
  lines=("\${(@f)$(${ask} "\${words_before[@]}" 2>/dev/null)}")
  if [[ \${lines[1]} == ${FILES} ]]; then
    _files
    return
  fi
  local line
  for line in "\${lines[@]}"; do
    [[ -n $line ]] || continue
    values+=("\${line%%$'\\t'*}")
    texts+=("\${line/$'\\t'/  }")
  done
  compadd -l -d texts -a -- values
}
compdef _bigbook bigbook
(( \${+_comps[npx]} )) || compdef _bigbook npx
`;
}

function fish(ask: string): string {
  return `# bigbook and \`npx bigbook\`, for ~/.config/fish/config.fish
function __bigbook_complete
  set -l words (commandline -opc) (commandline -ct)
  set -e words[1]
  if test "$words[1]" = bigbook
    set -e words[1]
  end
  set -l lines (${ask} $words 2>/dev/null)
  if test "$lines[1]" = ${FILES}
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c bigbook -f -a '(__bigbook_complete)'
complete -c npx -n 'test (count (commandline -opc)) -eq 1' -a bigbook
complete -c npx -f -n '__fish_seen_subcommand_from bigbook' -a '(__bigbook_complete)'
`;
}
