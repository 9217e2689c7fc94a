/**
 * Whether a deployment goes back: it has no commit that the last one has not, and the last one has some that it has not.
 * @param backward undefined where that could not be read.
 */
export function isRollback(forward: number, backward: number | undefined): boolean | undefined {
  if (forward > 0) return false;
  return backward === undefined ? undefined : backward > 0;
}
