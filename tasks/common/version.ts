declare const EXTENSION_VERSION: string | undefined;

/** The extension's version, put in by the build. */
export const version = typeof EXTENSION_VERSION === 'undefined' ? '0.0.0' : EXTENSION_VERSION;

/** Port shows the name as the data source of what a request writes. */
export const userAgent = `azure-devops-extension/${version}`;
