/** Roots and rows of a text: a screen or two, whatever the size of the cluster. */
export const defaultLimit = 20;
