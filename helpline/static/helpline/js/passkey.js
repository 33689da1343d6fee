// Passkeys: a form with data-passkey asks the browser for one and sends what it answers.
// Its button appears only where passkeys work: they need a host name, and HTTPS or localhost.
const possible = window.PublicKeyCredential && !/^[\d.]+$|:/.test(window.location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-ask]");
  button.hidden = !possible;
  button.addEventListener("click", async () => {
    const options = JSON.parse(document.getElementById("passkey-options").textContent);
    const make = form.dataset.passkey === "create";
    try {
      const answer = make
        ? await window.webauthnJSON.create(options.creation_options)
        : await window.webauthnJSON.get(options.request_options);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      button.focus(); // the person said no, or the key is unknown: the page stays as it is
    }
  });
}
