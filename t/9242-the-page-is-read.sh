#!/bin/sh
# SPDX-License-Identifier: MIT
# The page of a run in Chromium, at the width of a desk and of a phone: nothing on its console, nothing wider than the
# window, filters and deep links that work, and keys.
. "${top_srcdir:?}/t/lib.sh"
. "$top_srcdir/t/diff-sample.sh"

diff=$top_builddir/t/sspi-diff
[ -x "$diff" ] || skip_all "sspi-diff is not built: libarchive and jansson are missing"
for chromium in chromium chromium-browser google-chrome none; do have $chromium && break; done
[ $chromium != none ] || skip_all "no Chromium here"
sample 3.0.22 1/1 >"$work/run.jsonl"
sample 3.0.11 1/1 >"$work/old.jsonl"
check "G14 the page is written" "$diff" report --html "$work/page.html" --drift "$work/old.jsonl" "$work/run.jsonl"

# What a reader does, one step after another; the outcome is in the document that is dumped.
cat >"$work/steps.html" <<'END'
<script>
addEventListener("load", async () => {
  const root = document.documentElement, seen = {}, rest = () => new Promise(r => setTimeout(r, 150));
  const $ = id => document.getElementById(id), rows = () => $("cases").tBodies[0].rows.length;
  const key = (to, k) => to.dispatchEvent(new KeyboardEvent("keydown", {key: k, bubbles: true}));
  const wide = () => root.scrollWidth - root.clientWidth;
  await rest();
  seen.width = innerWidth; seen.start = root.dataset.found + "/" + rows(); seen.wide = wide();
  location.hash = "verdict=STATE_DIFF"; await rest(); seen.verdict = root.dataset.found + "/" + rows();
  location.hash = "verdict=STATE_DIFF&q=ch.ext.dup"; await rest(); seen.feature = root.dataset.found;
  location.hash = "q=!ch.ext.dup&verdict=STATE_DIFF"; await rest(); seen.absent = root.dataset.found;
  location.hash = "open=1"; await rest(); seen.open = root.dataset.found;
  location.hash = "rule=gnutls-keeps-waiting"; await rest(); seen.rule = root.dataset.found;
  location.hash = "kind=chain"; await rest(); seen.kind = root.dataset.found;
  location.hash = "odd=gnutls"; await rest(); seen.odd = root.dataset.found;
  $("filters").querySelector("[type=reset]").click(); await rest(); seen.reset = root.dataset.found + location.hash;
  $("f-verdict").value = "ALERT_DIFF"; $("f-verdict").dispatchEvent(new Event("input")); await rest(); seen.chosen = root.dataset.found + location.hash;
  location.hash = "000000001005"; await rest();
  const panel = $("panel");
  seen.link = panel.open + " " + panel.querySelector("h2").textContent; seen.op = panel.textContent.includes("<\/script><img src=x"); seen.sides = panel.querySelectorAll(".side").length;
  seen.records = panel.querySelector(".records").textContent.includes("ClientHello, 49") && panel.querySelector(".records").textContent.includes("supported_groups (10)");
  seen.panelWide = Math.max(wide(), panel.scrollWidth - panel.clientWidth, panel.querySelector(".p-body").scrollWidth - panel.querySelector(".p-body").clientWidth);
  seen.answers = panel.querySelectorAll(".answer").length + "/" + panel.querySelectorAll(".answer .apart").length;
  seen.images = document.images.length;
  panel.querySelector('[aria-label=Close]').click(); await rest(); seen.closed = !panel.open && location.hash;
  const first = $("cases").tBodies[0].rows[0]; first.focus(); key(first, "ArrowDown"); seen.down = document.activeElement === first.nextElementSibling;
  key(document.activeElement, "Enter"); await rest(); seen.enter = panel.open; panel.querySelector('[aria-label=Close]').click(); await rest();
  key(document.body, "/"); seen.slash = document.activeElement === $("f-q");
  $("theme").click(); const one = getComputedStyle(document.body).backgroundColor; $("theme").click(); seen.theme = one !== getComputedStyle(document.body).backgroundColor;
  const cells = () => [...$("live").querySelectorAll(".pair")].map(c => c.querySelector(".big").textContent + c.querySelector("small").textContent).join(" ");
  seen.pairs = cells(); [...$("families").children].find(b => b.textContent === "extensions").click(); seen.changed = cells();
  seen.pairsWide = Math.max(wide(), $("live").scrollWidth - $("live").clientWidth);
  $("live").querySelectorAll(".pair button")[1].click(); await rest(); seen.met = root.dataset.found;
  seen.drift = $("drift-note").textContent.includes("20 of 30");
  root.dataset.outcome = JSON.stringify(seen).replace(/"/g, "'");
});
</script>
END
# browse WIDTH FILE: what is dumped in $work/dom, its outcome in $outcome, the console's lines in $work/console.
browse() {
    timeout 300 "$chromium" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" \
        --no-first-run --allow-file-access-from-files --enable-logging=stderr --virtual-time-budget=20000 --window-size="$1,900" --dump-dom "file://$2" \
        >"$work/dom" 2>"$work/stderr"
    grep 'CONSOLE' "$work/stderr" >"$work/console"
    outcome=$(sed -n 's/.*data-outcome="\([^"]*\)".*/\1/p' "$work/dom" | head -n 1)
}
holds() { # holds WIDTH MEMBER NAME
    case $outcome in *"$2"*) ok 0 "G14 $1: $3" ;; *) ok 1 "G14 $1: $3" || diag "wanted $2" "in $outcome" ;; esac
}

sed 's|</body>|<script>console.error("seen"); document.body.append(Object.assign(document.createElement("p"), {style: "width:5000px", textContent: "x"}))</script></body>|' \
    "$work/page.html" | cat - "$work/steps.html" >"$work/bad.html"
browse 1400 "$work/bad.html"
[ -n "$outcome" ] || skip_all "Chromium does not run here: $(tail -n 1 "$work/stderr")"
[ -s "$work/console" ]
ok $? "G14 a word on the console would be noticed"
case $outcome in *"'wide':0,"*) ok 1 "G14 a page that is too wide would be noticed" ;; *) ok 0 "G14 a page that is too wide would be noticed" ;; esac

cat "$work/page.html" "$work/steps.html" >"$work/steps-page.html"
for width in 1400 390; do
    # A window cannot be as narrow as a phone; a frame can.
    printf '<!DOCTYPE html><style>body{margin:0}iframe{border:0;width:%spx;height:900px}</style><iframe src="steps-page.html"></iframe>\n<script>setInterval(() => { const d = document.querySelector("iframe").contentDocument; if (d && d.documentElement && d.documentElement.dataset.outcome) document.documentElement.dataset.outcome = d.documentElement.dataset.outcome; }, 100)</script>\n' \
        $width >"$work/frame.html"
    browse 1400 "$work/frame.html"
    is "$(cat "$work/console")" "" "G14 $width: nothing on the console"
    holds $width "'width':$width" "the window is that wide"
    holds $width "'start':'20/20','wide':0" "all divergences are listed, nothing is wider than the window"
    holds $width "'verdict':'10/10'" "a filter by verdict, from the address"
    holds $width "'feature':'5','absent':'5'" "by a feature, and by its absence"
    holds $width "'open':'2'" "the unexplained alone"
    holds $width "'rule':'8'" "by rule"
    holds $width "'kind':'0'" "by a kind that is not there"
    holds $width "'odd':'10'" "by the odd one out"
    holds $width "'reset':'20'" "cleared"
    holds $width "'chosen':'10#verdict=ALERT_DIFF'" "chosen by hand, and kept in the address"
    holds $width "'link':'true accept/odd/&lt;img+src=x&gt;" "a deep link opens its case; its name is text"
    holds $width "'op':true,'sides':3,'records':true" "three sides, and the records taken apart"
    holds $width "'answers':'3/4'" "what each of them answered, and where they part"
    holds $width "'panelWide':0," "the panel is no wider either"
    holds $width "'images':0" "no image came out of a name"
    holds $width "'closed':'#verdict=ALERT_DIFF'" "closing goes back to the filter"
    holds $width "'down':true,'enter':true,'slash':true" "arrows, Enter and / work"
    holds $width "'theme':true" "light and dark"
    holds $width "'pairs':'5of 15 10of 15 5of 15','changed':'3of 8 5of 8 3of 8','pairsWide':0" "the matrix of pairs, all and by what was changed"
    holds $width "'met':'10'" "a cell lists its cases"
    holds $width "'drift':true" "drift is shown"
done

tap_done
