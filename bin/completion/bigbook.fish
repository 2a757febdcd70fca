# bigbook, for ~/.config/fish/config.fish
function __bigbook_complete
  set -l words (commandline -opc) (commandline -ct)
  set -e words[1]
  set -l lines (@bigbook@ complete fish -- $words 2>/dev/null)
  if test "$lines[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\n' $lines
  end
end
complete -c bigbook -f -a '(__bigbook_complete)'
