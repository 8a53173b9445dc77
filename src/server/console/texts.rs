//! The console's words, Chinese first.

use crate::domain::{DocumentKind, Message};

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Language {
    Zh,
    En,
}

impl Language {
    /// As HTML names it.
    pub(in crate::server) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    pub(super) const fn texts(self) -> &'static Texts {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }

    /// A message in this language.
    pub(in crate::server) fn of(self, message: &Message) -> String {
        match self {
            Self::Zh => message.zh.clone(),
            Self::En => message.en.clone(),
        }
    }

    /// What a kind of document is called in this language.
    pub(super) const fn kind(self, kind: DocumentKind) -> &'static str {
        match self {
            Self::Zh => kind.label_zh(),
            Self::En => kind.label_en(),
        }
    }
}

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        /// Every text of these pages in one language.
        pub(super) struct Texts { $(pub $name: &'static str,)* }
        const ZH: Texts = Texts { $($name: $zh,)* };
        const EN: Texts = Texts { $($name: $en,)* };
    };
}

pub(in crate::server) use texts;

texts! {
    title = "材料审核", "Review";
    skip = "跳到正文", "Skip to content";
    other_language = "English", "中文";
    other_tag = "en", "zh-CN";
    log_in = "登录", "Log in";
    log_out = "退出", "Log out";
    name = "用户名", "Name";
    password = "密码", "Password";
    new_password = "设置密码（至少 12 个字符）", "Choose a password (12 characters or more)";
    save = "保存", "Save";
    wrong = "用户名或密码不正确；连续 5 次不正确的，须等 15 分钟", "The name or the password is wrong; after five in a row, wait 15 minutes";
    short = "密码须为 12 至 200 个字符", "A password has 12 to 200 characters";
    void_link = "链接已失效，请管理员重新生成", "This link was used or is too old; ask for a new one";
    queue = "待审列表", "Queue";
    empty = "没有符合条件的申请", "Nothing here";
    status = "状态", "Status";
    outcome = "初审结果", "Outcome";
    all = "全部", "All";
    filter = "筛选", "Filter";
    applicant = "申请人", "Applicant";
    number = "证件号码", "ID number";
    filed = "提交于", "Filed";
    waiting = "等待", "Waiting";
    days = "天", "d";
    hours = "小时", "h";
    more = "下一页", "Next page";
    reviewing = "审核中", "Under review";
    rejected = "审核不通过", "Returned";
    approved = "审核通过", "Passed";
    pass = "通过", "Pass";
    review = "需人工核对", "To be looked at";
    retake = "需重新拍摄", "To be taken again";
    reject = "不符合要求", "Not fit";
    unreadable = "无法打开", "Unreadable";
    not_judged = "识别中", "Being read";
    documents = "材料", "Documents";
    missing = "缺少", "missing";
    findings = "问题", "Findings";
    no_findings = "未发现问题", "Nothing was found";
    fields = "字段核对", "Fields";
    other_application = "打开另一份申请", "Open the other application";
    field = "字段", "Field";
    values = "各材料上的内容", "What each paper says";
    declared = "网上填写", "Declared";
    eligibility = "申报条件", "Eligibility";
    required_months = "要求月数", "Months required";
    counted = "计入月数", "Months counted";
    met = "符合", "Met";
    not_met = "不符合", "Not met";
    unclear = "需人工判断", "Unclear";
    history = "记录", "History";
    version = "版本", "version";
    compare = "比较版本", "Compare versions";
    what_changed = "版本之间的变化", "what changed";
    earlier = "较早", "Earlier";
    later = "较新", "Later";
    no_change = "没有变化", "Nothing changed";
    unchanged = "内容相同的字段", "Fields that say the same";
    gone = "已消失", "Gone";
    came = "新出现", "New";
    key_compare = "比较当前材料的两个版本", "Compare two versions of the paper that is shown";
    decide_pass = "通过", "Pass";
    decide_return = "退回", "Return";
    next = "下一份", "Next";
    reasons = "退回原因（申请人可见）", "Reasons (the applicant sees them)";
    confirm_return = "确认退回", "Return it";
    confirm_pass = "仍有未解决的问题，确定通过？", "There are open findings. Pass it all the same?";
    cancel = "取消", "Cancel";
    reveal = "显示完整号码", "Show numbers in full";
    keys = "快捷键", "Keys";
    close = "关闭", "Close";
    on_hold = "暂缓", "On hold";
    second_look = "待复核", "Waits for a second person";
    proposed = "拟退回", "Return proposed";
    declined = "未同意退回", "Return not confirmed";
    taken_up = "恢复审核", "Taken up again";
    take_up = "恢复审核", "Take it up";
    withdraw = "撤回拟退回", "Take the proposal back";
    decline = "不同意退回", "Do not return it";
    hold = "暂缓", "Hold";
    hold_reason = "暂缓原因（仅内部可见）", "Why (only colleagues see it)";
    key_hold = "暂缓 / 恢复", "Put on hold / take up again";
    numbers = "统计", "Numbers";
    period = "时间范围", "Period";
    last_week = "最近 7 天", "Last 7 days";
    last_month = "最近 30 天", "Last 30 days";
    last_quarter = "最近 90 天", "Last 90 days";
    show = "查看", "Show";
    volumes = "申请与决定", "Applications and decisions";
    filed_count = "新提交", "Filed";
    decided_count = "已决定", "Decided";
    undecided = "待审", "Under review now";
    waited = "等待时间（从提交或重新提交到决定）", "Waiting, from filing or resubmission to the decision";
    median = "中位数", "Median";
    ninety = "90% 不超过", "90 % within";
    agreement = "审核人员与初审结果", "Reviewers and the machine";
    agreement_how = "初审为“通过”而审核通过、初审为“需重新拍摄”“不符合要求”“无法打开”而退回的，计为一致；“需人工核对”不计。", "Agreement: passed by both, or to be taken again, not fit or unreadable and returned. What the machine left to a person does not count.";
    agreed = "一致", "Agreed";
    finding_rates = "材料中发现的问题", "What was found on papers";
    finding_how = "占识别过的材料的比例", "Share of the papers that were read";
    papers = "份材料", "papers";
    export = "导出决定", "Export decisions";
    exported_reasons = "含退回原因；导出会被记录", "With the reasons; each export is in the audit";
    no_numbers = "这段时间没有数据", "Nothing in this period";
    operations = "运行维护", "Operations";
    open_jobs = "待处理任务", "Jobs open";
    in_hand = "处理中", "in hand";
    oldest = "最早的已等待", "the oldest waits";
    readers = "识别进程", "Readers";
    working = "正常", "ready";
    not_working = "异常", "not ready";
    dead_jobs = "失败的任务", "Jobs that failed for good";
    no_dead_jobs = "没有失败的任务", "None";
    job = "任务", "Job";
    kind = "种类", "Kind";
    cause = "原因", "Cause";
    attempts = "次数", "Attempts";
    retry = "重试", "Try again";
    give_up = "放弃", "Give up";
    accounts = "用户", "Accounts";
    role = "角色", "Role";
    in_use = "使用中", "in use";
    invited = "已邀请", "invited";
    locked = "已锁定", "locked";
    ended = "已停用", "ended";
    role_reviewer = "审核人员", "Reviewer";
    role_lead = "审核组长", "Lead";
    role_operator = "运维人员", "Operator";
    add_account = "添加用户", "Add an account";
    change_role = "更改角色", "Change the role";
    new_link = "重设密码链接", "New set-up link";
    unlock = "解除锁定", "End the lock-out";
    end_account = "停用", "End it";
    reopen_account = "重新启用", "Open it again";
    setup_link = "设置密码的链接，请转交本人", "Link to set a password; hand it to its holder";
    setup_once = "链接仅显示这一次，三天内有效，只能使用一次", "It is shown this once, works once and for three days";
    name_invalid = "用户名须为 1 至 64 个字符，不能换行", "A name has 1 to 64 characters on one line";
    name_taken = "已有同名用户；如需重设密码，请使用该用户下方的按钮", "There is an account of this name; its own button makes a new link";
    own_account = "不能停用自己的账户或更改自己的角色", "Nobody ends their own account or changes its role";
    last_operator = "至少须保留一名可登录的运维人员", "The last operator who can log in stays";
    age = "等待时间", "Waiting";
    older_day = "超过 1 天", "More than a day";
    older_two_days = "超过 2 天", "More than two days";
    older_week = "超过 7 天", "More than a week";
    changed = "申请刚有变化，未作决定；请重新核对", "The application had just changed and nothing was decided; look again";
    accepted = "核对无误", "Borne out";
    corrected = "更正", "Corrected";
    correct = "更正", "Correct";
    filled_in = "补录", "Filled in";
    fill_in = "补录", "Fill in";
    unread = "未识别的字段", "Fields that were not read";
    accept = "属实", "It is right";
    seen = "已人工核对", "seen by a person";
    as_read = "识别为", "read as";
    right_value = "纸面上的内容", "What the paper says";
    key_correct = "更正或补录选中的字段 / 确认识别无误", "Correct or fill in the chosen field / bear it out";
    key_field = "下一个 / 上一个字段", "Next / previous field";
    updated = "内容已更新", "Updated";
    stale = "申请内容刚有变化：请关闭此窗口，核对后再决定", "The application has just changed: close this and look again before you decide";
    viewer = "页面图像", "Pages";
    zoom_in = "放大", "Zoom in";
    zoom_out = "缩小", "Zoom out";
    rotate = "旋转", "Rotate";
    fit = "适合窗口", "Fit";
    layer_ink = "笔迹", "Ink";
    layer_edits = "修图热图", "Edits";
    key_layer = "在图像上显示笔迹 / 疑似修图之处", "Show ink / places that may have been edited over the page";
    no_picture = "没有页面图像", "No picture of this page";
    key_pass = "通过（无问题时一键完成）", "Pass; at once where nothing was found";
    key_return = "退回：打开已拟好的原因，Enter 确认", "Return with the drafted reasons; Enter confirms";
    key_finding = "下一个 / 上一个问题", "Next / previous finding";
    key_page = "下一页 / 上一页图像", "Next / previous page";
    key_off = "停用单键快捷键", "Turn single keys off";
}
