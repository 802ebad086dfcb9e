#!/bin/sh
# The bundle of `make`: of one's own pictures if a folder was named once, else of the demo's.
#
# usage: tools/bundle.sh PYTHON GOAL [IMAGES]
#   IMAGES: folder of pictures to make the bundle of, and to remember; reference_images goes back to the demo.
#   GOAL: what make was asked for, to be recommended. Without IMAGES, a bundle is kept as it is: it may hold pictures
#   whose files are gone.
set -eu

python=$1 goal=$2 images=${3-}
demo=hashes/references.json
own=bundles/own/references.json
remembered=bundles/own/folder.txt

if [ -n "$images" ] && [ "$images" -ef reference_images ]; then
    "$python" build_hashes.py reference_images -o "$demo"
    rm -f "$remembered"
elif [ -n "$images" ]; then
    "$python" build_hashes.py "$images" -o "$own" --thumbnails
    (CDPATH='' cd "$images" && pwd) > "$remembered" # with a CDPATH, cd prints the folder too
elif [ -e "$remembered" ]; then
    folder=$(cat "$remembered")
    echo "$own has the pictures of $folder. Back to the demo's: make $goal IMAGES=reference_images"
    if [ ! -d "$folder" ]; then
        echo "That folder is gone: the bundle is kept and used as it is."
    elif [ ! -e "$own" ]; then
        "$python" build_hashes.py "$folder" -o "$own" --thumbnails
    elif [ -n "$(find -L "$folder" -cnewer "$own" 2> /dev/null | head -n 1)" ]; then # else there is nothing to compare
        if "$python" build_hashes.py "$folder" -o "$own" --check --quiet; then
            touch "$own"
        else
            echo "Those pictures have changed since: the bundle is kept and used as it is."
            echo "To have it written anew: make $goal IMAGES='$folder'"
        fi
    fi
elif [ ! -e "$demo" ]; then
    "$python" build_hashes.py -o "$demo"
elif ! "$python" build_hashes.py -o "$demo" --check --quiet; then
    echo "$demo is not what reference_images/ gives today: kept and used as it is."
    echo "To have it written anew, name a folder: make $goal IMAGES=reference_images"
fi
