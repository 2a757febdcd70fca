const COMMAND =
  /(?:^|[\s/;&|"'(])ip6?tables(?:-nft|-legacy)?\s(?:[^\n#]*\s)?(?:-[ANI]|--append|--insert|--new-chain)\s/m;
const RESTORE = /^\*\s*(?:nat|mangle|raw|filter)\s*$/m;
const NFT = /^\s*(?:add\s+)?table\s+(?:ip|ip6|inet)\s+\w+/m;

/** Documentation and data, which quote rules. */
const NO_RULES = /\.(?:md|txt|html?|ya?ml|json|[cm]?[jt]sx?|go|py|rs|c|h|java|rb|lock)$|(?:^|\/)LICENSE/i;

/** Whether a file may be a script of iptables commands, iptables-save text or an nft file; for a search of many files. */
export function mayBeRules(path: string, text: string): boolean {
  if (NO_RULES.test(path) || text.includes('\0')) return false;
  return (
    COMMAND.test(text) || (RESTORE.test(text) && /^COMMIT\s*$/m.test(text)) || (/\.nft$/.test(path) && NFT.test(text))
  );
}
