// @ts-nocheck Runs in a browser, whose types the project does not load.
// Adds a copy button to each command. The page is complete without it.
for (const command of document.querySelectorAll('.command')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command.querySelector('pre').textContent);
    button.textContent = 'Copied';
  });
  command.append(button);
}
