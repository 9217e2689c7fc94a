/** Colours of Azure DevOps in both of its themes, and the frame of its pictures: they stand on pages of either theme. */
export const azureStyle = `
:root{
--page:light-dark(#fff,#1f1f1f);--text:light-dark(#201f1e,#f3f2f1);--faint:light-dark(#605e5c,#bdbbb9);
--line:light-dark(#edebe9,#3b3a39);--edge:light-dark(#8a8886,#8f8d8b);--accent:#0078d4;
--link:light-dark(#0078d4,#6cb8f6);--star:light-dark(#a4262c,#f1707b)}
#picture{background:var(--page);color:var(--text);font-size:14px;line-height:20px;border:1px solid light-dark(#c8d1da,#3d444d);border-radius:8px;overflow:hidden}
h1{font-size:18px;line-height:24px;font-weight:600;margin:0}
.field{margin:0 0 12px}
label{display:block;font-weight:600;margin-bottom:4px}
label .help{display:inline-block;width:14px;height:14px;margin-left:6px;border:1px solid var(--edge);border-radius:7px;font:600 9px/12px Inter;color:var(--faint);text-align:center;vertical-align:1px}
.star{color:var(--star);margin-left:4px}
.box{border:1px solid var(--edge);border-radius:2px;min-height:32px;padding:5px 8px;display:flex;justify-content:space-between;white-space:pre-wrap}
.box.tall{min-height:46px}
.box .sign{width:8px;height:8px;margin:3px 4px 0;border:solid var(--faint);border-width:0 1.5px 1.5px 0;transform:rotate(45deg)}
.check{display:flex;align-items:center;gap:8px;font-weight:600}
.check i{width:18px;height:18px;border:1px solid var(--faint);border-radius:2px;font:700 13px/16px Inter;text-align:center;color:#fff}
.check i.on{background:var(--accent);border-color:var(--accent)}
.note{font-size:12px;line-height:16px;color:var(--faint);margin-top:4px}
a{color:var(--link);text-decoration:none;word-break:break-all}`;
