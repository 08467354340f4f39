/** Goes with every command of a page that makes a new pod in place of one. */
export const dataGoes =
  'A volume that is claimed stays. Data in an emptyDir, or in a file system of the container, is lost with the pod: `c2l restart --affected-by secret/NAME --dry-run` names a database that has its data there.';
