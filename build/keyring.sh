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
# It claims its name on the bus a moment later; asked before, the bus would start a second, locked one.
owned() { dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'; }
for _ in $(seq 200); do owned && break; sleep 0.05; done
"$@"
