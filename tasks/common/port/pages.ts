/** The entity's page in Port's web app. */
export function entityPage(appUrl: string, blueprint: string, identifier: string): string {
  return `${appUrl}/${encodeURIComponent(blueprint)}Entity?identifier=${encodeURIComponent(identifier.toWellFormed())}`;
}

/** The page of an action run. */
export function runPage(appUrl: string, runId: string): string {
  return `${appUrl}/organization/run?runId=${encodeURIComponent(runId)}`;
}
