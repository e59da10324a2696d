#!/bin/sh
# Does nothing for longer than any test waits.
sleep 1000
