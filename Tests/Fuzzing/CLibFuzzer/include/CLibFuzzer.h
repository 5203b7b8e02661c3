#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a library: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));

/// libFuzzer's own mutations, for a mutator that doesn't want all of them to be its own.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
