const show = () => { document.getElementById("path").textContent = location.pathname; };

document.getElementById("about").onclick = (event) => {
  event.preventDefault();
  history.pushState(null, "", event.target.href);
  show();
};
onpopstate = show;
show();

fetch("/api/books").then((answer) => answer.json()).then((books) => {
  for (const { title } of books) {
    const line = document.createElement("li");
    line.textContent = title;
    document.getElementById("books").append(line);
  }
});
