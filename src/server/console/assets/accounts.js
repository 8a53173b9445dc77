// The way in that was just made: whole, so that it can be sent to its holder, and chosen, so that it is copied at once.
export function startAccounts() {
  const link = document.getElementById("setup-link");
  link.value = new URL(link.value, location.href).href;
  link.select();
}
