/** An answer that refuses a call, in the shape that Azure DevOps gives all of them. */
export class AzureError extends Error {
  readonly status: number;
  readonly typeKey: string;

  constructor(status: number, typeKey: string, message: string) {
    super(message);
    this.name = 'AzureError';
    this.status = status;
    this.typeKey = typeKey;
  }

  body(): Record<string, unknown> {
    const typeName = `Microsoft.VisualStudio.Services.WebApi.${this.typeKey}, Microsoft.VisualStudio.Services.WebApi`;
    return {
      $id: '1',
      innerException: null,
      message: this.message,
      typeName,
      typeKey: this.typeKey,
      errorCode: 0,
      eventId: 3000,
    };
  }
}

export const badRequest = (message: string, typeKey = 'VssPropertyValidationException'): AzureError =>
  new AzureError(400, typeKey, message);

export const notFound = (message: string, typeKey: string): AzureError =>
  new AzureError(404, typeKey, message);

/** What was looked up. @throws AzureError 404 where it is not there */
export function found<T>(value: T | undefined, message: string, typeKey: string): T {
  if (value === undefined) throw notFound(message, typeKey);
  return value;
}

/** The words of an access check that failed; `permission` such as `Edit Subscription`. */
export function accessDenied(resource: string, permission: string): AzureError {
  const message =
    `Access Denied: dev@example.com needs the following permission(s) on the resource ${resource} ` +
    `to perform this action: ${permission}`;
  return new AzureError(403, 'AccessCheckException', message);
}

/** The words of the build service about a pipeline; the permission in its plural, such as `Stop builds`. */
export function pipelineDenied(who: string, permission: string, where: string): AzureError {
  const message =
    `TF215106: Access denied. ${who} needs ${permission} permissions for build pipeline ${where} to perform the action. ` +
    'For more information, contact the Azure DevOps administrator.';
  return new AzureError(403, 'AccessDeniedException', message);
}
