(function(w,d){
var $=function(i){return d.getElementById(i)},K=w.KENG={},h=location.hash;
function show(i,on){$(i).hidden=!on}
function wipe(){$("app").remove();d.body.textContent=""}
d.addEventListener("click",function(e){var t=e.target;t=t.closest&&t.closest("a,button")||t;
if(t.id=="exit"){e.preventDefault();wipe();location.replace(t.href)}
if(t.hreflang&&h)t.href=t.href.split("#")[0]+h;
if(t.id=="again"){e.preventDefault();show("fail");show("late",1);var o=$("bundle"),n=d.createElement("script");n.integrity=o.integrity;n.src=o.src;o.id="";n.id="bundle";d.body.appendChild(n)}
if(!K.go&&(t.id=="send"||t.id=="open")){K.pressed=1;show("late",$("fail").hidden)}});
w.addEventListener("error",function(){if(!K.go){show("late");show("fail",1)}},true);
if(/Opera Mini/.test(navigator.userAgent))return d.documentElement.className="mini",show("mini",1);
if(!(w.crypto&&crypto.subtle&&w.BigInt&&w.TransformStream&&w.Promise&&Promise.allSettled))return show("old",1);
show("app",1)})(window,document)
