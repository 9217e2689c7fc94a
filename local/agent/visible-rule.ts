/** Whether an input is shown: rules such as `a = b && c != d`. Rules of other forms count as shown. */
export function isVisible(rule: string | undefined, values: Readonly<Record<string, string>>): boolean {
  if (rule === undefined) return true;
  if (rule.includes('||')) return rule.split('||').some((part) => isVisible(part, values));
  return rule.split('&&').every((part) => holds(part.trim(), values));
}

function holds(comparison: string, values: Readonly<Record<string, string>>): boolean {
  const match = /^(\w+)\s*(!?=)=?\s*(.*)$/.exec(comparison);
  if (match === null) return true;
  const isEqual = (values[match[1] ?? ''] ?? '').toLowerCase() === (match[3] ?? '').trim().toLowerCase();
  return match[2] === '=' ? isEqual : !isEqual;
}
