namespace BuildGuard.Cli.CommandLine;

/// <summary>
/// What makes a shell complete the words of the program. The program itself says which fit, by the directive
/// <c>[suggest]</c>; behind <c>--</c> the shell completes as it does for any command.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>The shells, for people.</summary>
    public const string Shells = "bash, zsh, fish or pwsh";

    /// <summary>The script for a shell; <c>null</c> if there is none.</summary>
    public static string? Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => null,
    };

    private const string Bash = """
        # In ~/.bashrc: eval "$(buildguard completion bash)"
        _buildguard() {
            local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} suggestion
            COMPREPLY=()
            case $line in *' -- '*) return ;; esac
            [ "$word" != = ] || word=
            while IFS= read -r suggestion; do
                # Where an equals sign ends a word (COMP_WORDBREAKS), what stands before it is not completed.
                case $word in --*) ;; *) suggestion=${suggestion#--*=} ;; esac
                case $suggestion in
                    /* | -[?]) ;;
                    "$word"*) COMPREPLY+=("$suggestion") ;;
                esac
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _buildguard buildguard

        """;

    private const string Zsh = """
        # In ~/.zshrc, behind compinit: eval "$(buildguard completion zsh)"
        _buildguard() {
            local line="${(j: :)words[1,CURRENT]}"
            if [[ $line == *' -- '* ]]; then
                _default
                return
            fi
            local -a suggestions=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -- "${(@)suggestions:#(/*|-\?)}"
        }
        compdef _buildguard buildguard

        """;

    private const string Fish = """
        # buildguard completion fish > ~/.config/fish/completions/buildguard.fish
        function __buildguard_suggest
            set -l line (commandline -cp | string collect)
            buildguard "[suggest:"(string length -- $line)"]" $line 2>/dev/null | string match -rv '^(/|-\?$)'
        end
        complete -c buildguard -f -n 'not contains -- -- (commandline -opc)' -a '(__buildguard_suggest)'

        """;

    private const string PowerShell = """
        # In the profile: buildguard completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName buildguard -ScriptBlock {
            param($word, $line, $cursor)
            $text = "$line".PadRight($cursor)
            if ($text.Contains(' -- ')) { return }
            buildguard "[suggest:$cursor]" "$text" 2>$null |
                Where-Object { $_ -notmatch '^(/|-\?$)' -and $_.StartsWith($word) } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;
}
