/** Characters of a label. */
export const longestLabel = 250;

/** Bytes of a summary: with its JSON escapes and the other keys it stays under Port's 1 MiB for a body. */
export const longestSummary = 256 * 1024;
