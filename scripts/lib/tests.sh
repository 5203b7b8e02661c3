# To be sourced. Which tests run together.

# test_groups COMMAND…: runs it once for each group, with the options of `swift test` that choose the group. Stops at the
# first that fails where the command ends the shell.
test_groups() {
    # Those that wait for other processes stand apart, so that they don't keep the others' threads from running.
    local apart=(TransportTests TriggersTests ProcessTests) group
    "$@" --skip "$(IFS='|'; echo "${apart[*]}")"
    # Not all at once: a hundred processes that start together have each of them miss what it may take seconds for.
    for group in "${apart[@]}"; do
        SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-12}" "$@" --filter "$group"
    done
}
