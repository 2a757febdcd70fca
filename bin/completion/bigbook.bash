# bigbook, for ~/.bashrc
_bigbook() {
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}") line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(@bigbook@ complete bash -- "${words[@]}" 2>/dev/null)
  if [[ ${COMPREPLY[0]-} == :files ]]; then
    COMPREPLY=()
    compopt -o default
  fi
}
complete -F _bigbook bigbook
