# To be sourced in the repository's folder. How programs are built that are handed out: with Swift's runtime linked in, and the
# same bytes whoever builds them in whatever folder. The gate's simulator is built so too, which spares it most of a second
# build.

# Always the same folder, since dependencies have their own path in their code (`#filePath`), and the compiler orders some
# instructions by how long the paths are that it is given: the sources are copied there too. And another folder than an
# ordinary build's, since other flags would build everything anew.
release_folder="${ATTENDANCE_SYNC_RELEASE_FOLDER:-/var/tmp/attendance-sync-release}"

release_flags=(--package-path "$release_folder/source" --scratch-path "$release_folder" -c release
    --static-swift-stdlib -Xlinker -z -Xlinker now
    # Nothing of where the sources stand, nor the hash that the compiler leaves for its next run.
    -Xswiftc -gnone -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen
    -Xswiftc -file-prefix-map -Xswiftc "$release_folder/source=." -Xcc "-ffile-prefix-map=$release_folder/source=."
    -Xcxx "-ffile-prefix-map=$release_folder/source=.")

# release_build PRODUCT: builds it; prints the path of its program.
release_build() {
    mkdir -p "$release_folder"
    [[ -O "$release_folder" ]] || {
        echo "$release_folder is somebody else's. Name another in ATTENDANCE_SYNC_RELEASE_FOLDER: the packages' bytes will differ" >&2
        return 1
    }
    # With their times, so that what was built of them is not built again; and the versions of the dependencies that this
    # clone was tested with, where it was.
    rm -rf "$release_folder/source" && mkdir "$release_folder/source" || return
    cp -a Package.swift Sources Tests "$release_folder/source/" || return
    ! [[ -e Package.resolved ]] || cp -a Package.resolved "$release_folder/source/" || return
    # The compiler orders some instructions by where it has things in memory, so those must be the same each time.
    local alike=()
    ! setarch --addr-no-randomize true 2>/dev/null || alike=(setarch --addr-no-randomize)
    env -u ATTENDANCE_SYNC_STRICT "${alike[@]}" swift build "${release_flags[@]}" --product "$1" >&2 || return
    echo "$release_folder/release/$1"
}
