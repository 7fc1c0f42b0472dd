/// The small scripts that let a shell ask `weonomy __complete` what could be typed here.
///
/// All knowledge stays in the table of commands and in the brain, so a script that was
/// installed once keeps up with every later version.
enum CompletionScript {
    static func text(shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    private static let bash = #"""
        # bash completion for weonomy
        _weonomy() {
            local cur words line value
            local IFS=$'\n'
            cur="${COMP_LINE:0:COMP_POINT}"
            words=("${COMP_WORDS[@]:1:COMP_CWORD}")
            COMPREPLY=()
            # bash splits words at colons and equals signs: put them together again.
            local joined=() word previous=""
            for word in "${words[@]}"; do
                if [[ ${#joined[@]} -gt 0 && ( $word == : || $word == = \
                    || $previous == : || $previous == = ) && $cur != *" " ]]; then
                    joined[${#joined[@]}-1]+="$word"
                else
                    joined+=("$word")
                fi
                previous="$word"
            done
            local last=""
            [[ ${#joined[@]} -gt 0 ]] && last="${joined[${#joined[@]}-1]}"
            local head=""
            [[ $last == *[:=]* ]] && head="${last%"${last##*[:=]}"}"
            while read -r line; do
                value="${line%%$'\t'*}"
                case "$value" in
                    "") ;;
                    "<files>") compopt -o filenames 2>/dev/null
                        COMPREPLY+=($(compgen -f -- "${last#"$head"}")) ;;
                    "<folders>") compopt -o filenames 2>/dev/null
                        COMPREPLY+=($(compgen -d -- "${last#"$head"}")) ;;
                    *) COMPREPLY+=("$(printf '%q' "${value#"$head"}")") ;;
                esac
            done < <(weonomy __complete -- "${joined[@]}" 2>/dev/null)
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace
        }
        complete -o nosort -F _weonomy weonomy 2>/dev/null \
            || complete -F _weonomy weonomy

        """#

    private static let zsh = #"""
        #compdef weonomy
        # zsh completion for weonomy
        _weonomy() {
            local -a lines described
            local line value about
            lines=("${(@f)$(weonomy __complete -- "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
            for line in $lines; do
                value="${line%%$'\t'*}"
                about="${line#*$'\t'}"
                case "$value" in
                    "<files>") _files ;;
                    "<folders>") _files -/ ;;
                    "") ;;
                    *) described+=("${value//:/\\:}:$about") ;;
                esac
            done
            (( $#described )) && _describe -V weonomy described
        }
        if [ "$funcstack[1]" = "_weonomy" ]; then
            _weonomy "$@"
        else
            compdef _weonomy weonomy
        fi

        """#

    private static let fish = #"""
        # fish completion for weonomy
        function __weonomy_complete
            set -l words (commandline -opc)[2..-1] (commandline -ct)
            for line in (weonomy __complete -- $words 2>/dev/null)
                switch $line
                    case '<files>*'
                        __fish_complete_path (commandline -ct)
                    case '<folders>*'
                        __fish_complete_directories (commandline -ct)
                    case '*'
                        echo -- $line
                end
            end
        end
        complete -c weonomy -f -a '(__weonomy_complete)'

        """#
}
