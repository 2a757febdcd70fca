/** A config to check, as its owner has it, with everything that it needs from a folder or from options. */
export interface CheckInput {
  /** Unique in a check: the path of the file as given. */
  name: string;
  /** The text of a bootstrap in YAML or JSON, with `${VAR}` filled in. Envoy gets this text. */
  text: string;
  /** The text of the file, for line numbers; absent where it is no file, such as a dump. */
  source?: string;
  /** Files that the config names, by their absolute path, with their content: bytes where it is no text. */
  files: Record<string, string | Uint8Array>;
  /** Files that the config names and that were made, with what they are: `certificate of api.example.com`. */
  made: Record<string, string>;
  /** Texts that no output may contain: private keys, values of variables, secrets of the config. */
  secrets: string[];
  /** Notes for the report, a sentence each: `2 variables are set from --env`. */
  notes: string[];
}
