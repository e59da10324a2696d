#!/bin/sh
# Fits y = 3 x + 1 by gradient descent in awk, with the rates of the file $1, the seed $2, into the folder $3.
awk -v seed="$2" -v out="$3/report.csv" '
BEGIN { srand(seed + 1); print "step,lr,loss,validation" > out }
{
  x = 2 * rand() - 1; y = 3 * x + 1 + 0.1 * (rand() - 0.5); e = a * x + b - y
  a -= $1 * 2 * e * x; b -= $1 * 2 * e
  printf "%d,%s,%.9g,%.9g\n", NR, $1, e * e, (a - 3) ^ 2 / 3 + (b - 1) ^ 2 > out
}' "$1"
