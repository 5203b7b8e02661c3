# To be sourced. Which tests run together.

# test_groups COMMAND…: runs it once for each group, with the options of `swift test` that choose the group. Stops at the
# first that fails where the command ends the shell. No more than `tests_at_once` run at once, where that is set.
test_groups() {
    # Those that wait for other processes stand apart, so that they don't keep the others' threads from running.
    local apart=(TransportTests TriggersTests ProcessTests) group
    SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${tests_at_once:-}" "$@" --skip "$(IFS='|'; echo "${apart[*]}")"
    # Not all at once: a hundred processes that start together have each of them miss what it may take seconds for.
    for group in "${apart[@]}"; do
        SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${tests_at_once:-12}" "$@" --filter "$group"
    done
}
