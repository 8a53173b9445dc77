//! The words of the applicant's page, Chinese first: short ones, for people who do this once.

use crate::server::console::texts::{Language, texts};

/// Every text in that language.
pub(super) const fn of(language: Language) -> &'static Texts {
    match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

texts! {
    title = "上传申报材料", "Upload your papers";
    other_language = "English", "中文";
    other_tag = "en", "zh-CN";
    ended = "链接已失效", "This link has ended";
    ended_how = "请回到报名网站，重新打开上传页面。已经上传的材料都还在。", "Go back to the portal and open the upload page again. What you have uploaded is still there.";
    condition = "第一步：选择申报条件", "Step 1: choose your condition";
    condition_how = "只选一项，须与申报表上勾选的一致。", "Choose one, the same as on your declaration form.";
    chosen = "申报条件", "Condition";
    change = "更改", "Change";
    save = "确定", "Choose";
    papers = "第二步：拍照上传材料", "Step 2: photograph your papers";
    papers_how = "一张照片拍一份材料；平放、拍全、光线均匀、不反光。拍好后几秒钟就能知道能不能用。", "One paper a photo: lay it flat, show all of it, in even light without reflections. Seconds later you know whether it will do.";
    done = "已上传", "uploaded";
    example = "示例", "Example";
    take = "拍照或选择照片", "Take or choose a photo";
    replace = "重新拍照", "Take it again";
    send = "上传", "Upload";
    drop = "在电脑上也可以把照片拖到材料上。", "On a computer you can also drop a photo on a paper.";
    kept = "已收到", "Received";
    missing = "未上传", "Not uploaded yet";
    optional = "选交", "optional";
    wrong = "需要重拍", "To be taken again";
    not_kept = "这张照片不能用，没有提交", "This photo will not do and was not sent";
    marked = "红框标出了有问题的地方", "The red frame shows the place";
    anyway = "仍然提交这张照片", "Send this photo all the same";
    anyway_how = "如果您确定照片没有问题，可以再选一次这张照片并提交，由工作人员判断。", "If you are sure that it is right, choose it once more and send it; a person will decide.";
    back = "返回材料列表", "Back to the list";
    all_there = "材料已齐，正在等待审核。结果会通知您，现在可以关闭此页。", "Everything is there and waits for review. You will be told the result; you can close this page.";
    returned = "审核未通过，请按以下原因修改", "Returned: please mend the following";
    resubmit = "改好了，重新提交", "Done, send it in again";
    resubmit_how = "请先重新上传有问题的材料，再点这里。", "Replace the papers in question first.";
    approved = "审核已通过，不用再上传。", "Approved. Nothing more to upload.";
    sending = "正在上传", "Uploading";
    checking = "正在检查", "Checking";
    waiting = "网络中断，恢复后会自动继续", "The connection is lost; it goes on by itself";
    failed = "没有上传成功，请再试一次", "It was not uploaded; please try again";
}
