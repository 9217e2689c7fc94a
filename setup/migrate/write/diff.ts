/** Lines around a change that are shown with it. */
const around = 3;

/** The lengths of the longest common subsequences of all ends of both lists. */
function lengths(before: readonly string[], after: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let left = before.length - 1; left >= 0; left -= 1)
    for (let right = after.length - 1; right >= 0; right -= 1) {
      const same = before[left] === after[right];
      const row = table[left];
      if (row !== undefined)
        row[right] = same
          ? (table[left + 1]?.[right + 1] ?? 0) + 1
          : Math.max(table[left + 1]?.[right] ?? 0, row[right + 1] ?? 0);
    }
  return table;
}

/** What changed, line by line: `-` and `+`, with some lines around; `@@` where lines are left out. */
export function diffOf(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const table = lengths(old, fresh);
  const lines: string[] = [];
  let [left, right] = [0, 0];
  while (left < old.length || right < fresh.length) {
    const isSame = left < old.length && right < fresh.length && old[left] === fresh[right];
    if (isSame) {
      lines.push(` ${old[left] ?? ''}`);
      left += 1;
      right += 1;
    } else if (
      right >= fresh.length ||
      (left < old.length && (table[left + 1]?.[right] ?? 0) >= (table[left]?.[right + 1] ?? 0))
    ) {
      lines.push(`-${old[left] ?? ''}`);
      left += 1;
    } else {
      lines.push(`+${fresh[right] ?? ''}`);
      right += 1;
    }
  }
  return withoutFarLines(lines);
}

function withoutFarLines(lines: readonly string[]): readonly string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((line) => !line.startsWith(' '));
  return lines.flatMap((line, index) => {
    if (isNear(index)) return [line];
    return index > 0 && isNear(index - 1) && lines.slice(index).some((_each, more) => isNear(index + more))
      ? ['@@']
      : [];
  });
}
