import type { CompletionShell } from './completion-shells.ts';

/** The script knows no command: it asks c2l at each Tab, so that it never has to be made anew. */
export function completionScript(shell: CompletionShell): string {
  return scripts[shell];
}

/** bash 3.2 and newer, without the package bash-completion. */
const bash = `# bash completion of c2l: source <(c2l completion bash)
_c2l() {
  local line="\${COMP_LINE:0:COMP_POINT}" typed kept value about
  local -a words
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=('')
  typed="\${words[\${#words[@]}-1]}"
  # Readline takes ":" and "=" for ends of words: what stands before them is not to be repeated.
  kept="\${typed%"\${typed##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    case "$value" in
      :files | :folders)
        local IFS=$'\\n' how=-f
        [[ "$value" == :folders ]] && how=-d
        compopt -o filenames 2> /dev/null
        COMPREPLY+=($(compgen "$how" -- "\${typed##*[:=]}"))
        ;;
      :nospace) compopt -o nospace 2> /dev/null ;;
      *) COMPREPLY+=("\${value#"$kept"}") ;;
    esac
  done < <("$1" __complete "\${words[@]:1}" 2> /dev/null)
}
complete -F _c2l c2l kubectl-c2l
`;

const zsh = `#compdef c2l kubectl-c2l
# zsh completion of c2l: source <(c2l completion zsh), or save it as _c2l in a folder of $fpath
_c2l() {
  local line value about rest
  local -a shown
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)}"; do
    case "$line" in
      '') ;;
      :*) rest="\${line#:}" ;;
      *)
        value="\${line%%$'\\t'*}" about=
        [[ "$line" == *$'\\t'* ]] && about="\${line#*$'\\t'}"
        shown+=("\${value//:/\\\\:}\${about:+:$about}")
        ;;
    esac
  done
  case "$rest" in
    nospace) _describe -V -t values value shown -S '' ;;
    *) (( \${#shown} )) && _describe -V -t values value shown ;;
  esac
  case "$rest" in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ "\${funcstack[1]}" == _c2l ]]; then
  _c2l "$@"
else
  compdef _c2l c2l kubectl-c2l
fi
`;

const fish = `# fish completion of c2l: c2l completion fish | source
function __c2l_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l typed (commandline -ct)
    for line in ($program __complete $words "$typed" 2> /dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$typed"
            case ':folders'
                __fish_complete_directories "$typed"
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c c2l -f -a '(__c2l_complete)'
complete -c kubectl-c2l -f -a '(__c2l_complete)'
`;

const scripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish };
