#compdef bigbook
# bigbook, for ~/.zshrc behind compinit
_bigbook() {
  local -a words_before=("${(@Q)words[2,CURRENT]}") lines values texts
  lines=("${(@f)$(@bigbook@ complete zsh -- "${words_before[@]}" 2>/dev/null)}")
  if [[ ${lines[1]} == :files ]]; then
    _files
    return
  fi
  local line
  for line in "${lines[@]}"; do
    [[ -n $line ]] || continue
    values+=("${line%%$'\t'*}")
    texts+=("${line/$'\t'/  }")
  done
  compadd -l -d texts -a -- values
}
compdef _bigbook bigbook
