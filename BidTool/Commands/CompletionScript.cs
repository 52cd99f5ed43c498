namespace Bzt.BidTool.Commands;

/// <summary>Completion for bash and zsh. The scripts ask the tool itself, so they never know less or more than it does.</summary>
internal static class CompletionScript
{
    public const string Bash = """
        # bidtool completion bash > ~/.local/share/bash-completion/completions/bidtool
        _bidtool() {
          local word=${COMP_WORDS[COMP_CWORD]} line
          COMPREPLY=()
          while IFS= read -r line; do
            [[ $line == "$word"* ]] && COMPREPLY+=("$line")
          done < <(bidtool "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
        }
        complete -o default -F _bidtool bidtool
        """;

    public const string Zsh = """
        #compdef bidtool
        # bidtool completion zsh > a folder of $fpath, as _bidtool
        _bidtool() {
          local -a found
          found=("${(@f)$(bidtool "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          found=(${found:#})
          (( $#found )) && compadd -- $found || _files
        }
        if [[ $funcstack[1] == _bidtool ]]; then _bidtool "$@"; else compdef _bidtool bidtool; fi
        """;
}
