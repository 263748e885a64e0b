// Maps of other epochs, handed to the board when they have come; nothing is drawn here.
const films = (window.kdvizFilms ??= new Map());
const MOST = 12;

export default function ({ data }) {
  const decoded = new Map(Object.entries(data.maps).map(([name, text]) => [name, floats(text)]));
  films.delete(data.mark);
  films.set(data.mark, { ...data, decoded });
  while (films.size > MOST) films.delete(films.keys().next().value);
  window.dispatchEvent(new Event("kdviz-film"));
}
