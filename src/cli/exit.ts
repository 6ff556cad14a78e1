/** Exit statuses of tcp-trace; scripts rely on them. */
export const EXIT_OK = 0;
/** The capture is cut or corrupt: what could be read was printed. */
export const EXIT_DAMAGED = 1;
/** The file cannot be used at all. */
export const EXIT_UNUSABLE = 2;
/** Wrong option, field or filter. */
export const EXIT_USAGE = 64;
/** A fault of our own. */
export const EXIT_INTERNAL = 70;

/** The caller's words are off. */
export class UsageError extends Error {}
