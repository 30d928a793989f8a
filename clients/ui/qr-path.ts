/** Turns the modules of a QR code into one SVG path, a run of dark modules at a time. Pure. */
export function modulesPath(modules: ArrayLike<number | boolean>, size: number): string {
  let path = '';
  for (let y = 0; y < size; y += 1) {
    let run = 0;
    for (let x = 0; x <= size; x += 1) {
      if (x < size && modules[y * size + x]) {
        run += 1;
      } else if (run > 0) {
        path += `M${x - run} ${y}h${run}v1h-${run}z`;
        run = 0;
      }
    }
  }
  return path;
}
