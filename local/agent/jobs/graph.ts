/** A stage or a job in its graph. */
export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** Runs nodes as soon as those they depend on have ended; gives the outcomes in the nodes' order. */
export async function runGraph<N extends GraphNode, O>(
  nodes: readonly N[],
  run: (node: N, before: ReadonlyMap<string, O>) => Promise<O>,
): Promise<O[]> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const started = new Map<string, Promise<O>>();
  const start = (node: N): Promise<O> => {
    const known = started.get(node.name) ?? runAfter(node);
    started.set(node.name, known);
    return known;
  };
  const runAfter = async (node: N): Promise<O> => {
    const names = ancestors(node, byName);
    const outcomes = await Promise.all(names.map((name) => start(byName.get(name) ?? node)));
    return run(node, new Map(names.map((name, index) => [name, outcomes[index] as O])));
  };
  return Promise.all(nodes.map(start));
}

/** All names before a node, near ones first. */
export function ancestors<N extends GraphNode>(node: N, byName: ReadonlyMap<string, N>): string[] {
  const found = new Set<string>();
  const visit = (one: N) => {
    for (const name of one.dependsOn) {
      const next = byName.get(name);
      if (found.has(name) || next === undefined) continue;
      found.add(name);
      visit(next);
    }
  };
  visit(node);
  return [...found];
}
