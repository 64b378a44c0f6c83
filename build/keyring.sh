#!/bin/bash
# Runs a command with a real, unlocked Secret Service and an empty home of its own: dbus-run-session -- build/keyring.sh COMMAND...
set -e
HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
export HOME XDG_DATA_HOME=$HOME/.local/share XDG_RUNTIME_DIR=$HOME/run
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
mkdir -p "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
eval "$(printf 'testpass\n' | gnome-keyring-daemon --unlock --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring" 2>/dev/null)"
"$@"
