/** What stands before the help of each command, with the command's name behind it. */
export const HELP_OF = '=== help of '
